"""Words that may stand right before a figure without changing it: verbs, prepositions, names of measures.

A closed list: a word that is not in it may be a comparing sign that was misread or misspelt (“≥” as “độ”), so that the
figure is not taken. A new word is one entry here.
"""

from __future__ import annotations

HEADS = frozenset(
    (
        *("tại", "ở", "cho", "có", "với", "của", "và", "gồm", "là", "trong", "đủ", "đến", "tới", "vào", "về", "từ"),
        *("qua", "tỷ lệ", "tỉ lệ", "tỷ trọng", "tỉ trọng", "mục tiêu", "chỉ tiêu", "kết quả", "số lượng", "tổng số"),
        *("phấn đấu", "xây dựng", "thành lập", "hình thành", "phát triển", "thu hút", "hỗ trợ", "tổ chức", "đào tạo"),
        *("bồi dưỡng", "tập huấn", "cung cấp", "bảo đảm", "đảm bảo", "hoàn thành", "thực hiện", "triển khai"),
        *("duy trì", "phổ cập", "phủ", "phủ sóng", "số hóa", "số hoá", "tiếp nhận", "xử lý", "giải quyết", "ban hành"),
        *("tích hợp", "kết nối", "chia sẻ", "công khai", "cập nhật", "cấp", "sử dụng", "khai thác", "ứng dụng"),
        *("áp dụng", "đưa", "lắp đặt", "trang bị", "bố trí", "đầu tư", "nâng cấp", "kiện toàn", "mở", "mở mới"),
        *("xóa", "xoá", "tạo", "tạo lập", "lập", "đăng ký", "công nhận", "thẩm định", "rà soát", "kiểm tra"),
        *("giám sát", "tham mưu", "tuyên truyền", "trồng", "kết nạp", "chuẩn hóa", "chuẩn hoá", "đồng bộ"),
        *("liên thông", "vận hành", "quản lý", "thanh toán", "nộp", "trả", "gắn", "huy động", "giải ngân", "thu"),
        *("chi", "tăng", "giảm", "cắt giảm", "rút ngắn", "tiết kiệm", "thêm", "gấp", "hạ", "bớt", "nâng", "mỗi"),
        *("các", "những", "cả", "toàn bộ", "tất cả", "nhóm", "top", "tốp", "thứ", "hạng", "xếp hạng", "xếp thứ"),
        *("hằng năm", "hàng năm", "mỗi năm", "nhà nước", "hiện có", "đã có", "chỉ", "đều", "tăng trưởng", "bằng"),
    )
)
"""Of one or two words. Before a number without % the reader of targets refuses some of them (trong, thứ)."""
