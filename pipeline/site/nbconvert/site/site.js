"use strict";
// Search and sort. Without this the page reads the same: every row is there, in the order of the dictionary.
(() => {
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/đ/g, "d");
  const comma = document.documentElement.lang === "vi";
  const figure = (text) => {
    const found = /\d[\d.,]*/.exec(text);
    if (!found) return NaN;
    return Number(comma ? found[0].replace(/\./g, "").replace(",", ".") : found[0].replace(/,/g, ""));
  };

  // A row without a figure is last in both directions: nothing known is neither most nor least.
  const byFigure = (a, b, sign) => (isNaN(a) || isNaN(b) ? isNaN(a) - isNaN(b) : sign * (a - b));
  const byText = (a, b, sign) => sign * a.localeCompare(b, "vi");

  const sort = (table, head, column) => {
    const text = head.dataset.sort === "text";
    const before = head.getAttribute("aria-sort");
    const sign = before ? (before === "ascending" ? -1 : 1) : text ? 1 : -1;
    const value = (cell) => (text ? cell.dataset.key || cell.textContent : figure(cell.textContent));
    const compare = text ? byText : byFigure;
    const rows = [...table.tBodies[0].rows].map((row) => [value(row.cells[column]), row]);
    rows.sort((a, b) => compare(a[0], b[0], sign));
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    table.tBodies[0].append(...rows.map((row) => row[1]));
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      if (!head.dataset.sort) return;
      const button = document.createElement("button");
      button.type = "button";
      button.title = table.dataset.hint;
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, head, column));
      head.append(button);
    });
    table.classList.add("live");
  }

  for (const box of document.querySelectorAll("[data-right]")) {
    const told = box.previousElementSibling;
    const heads = [...box.querySelectorAll("thead tr:first-child th")];
    const tell = () => {
      const edge = box.getBoundingClientRect().right;
      const rest = heads.filter((head) => head.getBoundingClientRect().right > edge + 1).length;
      told.textContent = rest ? box.dataset.right.replace("{n}", rest) : "";
    };
    box.addEventListener("scroll", tell);
    addEventListener("resize", tell);
    tell();
  }

  for (const place of document.querySelectorAll(".search")) {
    const rows = [...document.getElementById(place.dataset.for).tBodies[0].rows];
    const keys = rows.map((row) => folded(row.cells[0].textContent + " " + row.cells[1].textContent));
    const label = document.createElement("label");
    const input = document.createElement("input");
    const told = document.createElement("output");
    input.type = "search";
    input.id = "search";
    label.htmlFor = input.id;
    label.textContent = place.dataset.label;
    input.addEventListener("input", () => {
      const wanted = folded(input.value).trim().split(/\s+/);
      let shown = 0;
      rows.forEach((row, n) => {
        row.hidden = !wanted.every((word) => keys[n].includes(word));
        shown += !row.hidden;
      });
      told.textContent = `${shown}/${rows.length} ${place.dataset.of}`;
    });
    place.append(label, input, told);
    place.hidden = false;
  }
})();
