"""Who owes which report by when (chế độ báo cáo, hạn gửi): regimes, expected and actual reports, what is lacking."""
