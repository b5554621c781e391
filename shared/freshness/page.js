(() => {
  "use strict";
  const all = (css) => [...document.querySelectorAll(css)];
  const one = (id) => document.getElementById(id);
  const { noun, oldAfter } = document.querySelector("main").dataset;
  const rows = all("li").map((item) => ({ item, text: item.textContent.toLowerCase(), ...item.dataset }));
  const buttons = all("[data-facet]");
  const group = one("group");
  const folds = all("details").map((fold) => ({ fold, open: fold.open }));
  const chosen = { status: "", state: "", group: "" };
  let filtered = false;

  const words = () => one("text").value.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (row, wanted, but) =>
    wanted.every((word) => row.text.includes(word))
    && ["status", "state", "group"].every((facet) => facet === but || !chosen[facet] || row[facet] === chosen[facet]);

  // A choice's number is what would be shown if it were made, the other filters as they are.
  const count = (facet, value, wanted) =>
    rows.filter((row) => (!value || row[facet] === value) && fits(row, wanted, facet)).length;

  const numbers = (wanted) => {
    buttons.forEach((button) => {
      const { facet, value } = button.dataset;
      const found = count(facet, value, wanted);
      button.querySelector("b").textContent = found;
      button.classList.toggle("empty", !found);
      button.setAttribute("aria-pressed", String(chosen[facet] === value));
    });
    all("#group option[data-label]").forEach((option) => {
      option.textContent = `${option.dataset.label} (${count("group", option.value, wanted)})`;
    });
  };

  const sections = () => {
    all("section").forEach((section) => {
      const visible = (part) => part.querySelectorAll("li:not([hidden])").length;
      section.hidden = !visible(section);
      section.querySelectorAll(".count").forEach((number) => {
        const fold = number.closest("details.more");
        const part = fold || section;
        const total = part.querySelectorAll("li").length;
        if (fold) fold.hidden = !visible(fold);
        number.textContent = visible(part) === total ? total : `${visible(part)} of ${total}`;
      });
    });
  };

  const apply = () => {
    const wanted = words();
    rows.forEach((row) => { row.item.hidden = !fits(row, wanted); });
    const shown = rows.filter((row) => !row.item.hidden).length;
    const active = wanted.length > 0 || Object.values(chosen).some(Boolean);
    if (active && !filtered) folds.forEach((entry) => { entry.open = entry.fold.open; entry.fold.open = true; });
    if (!active && filtered) folds.forEach((entry) => { entry.fold.open = entry.open; });
    filtered = active;
    one("shown").textContent = active ? `${shown} of ${rows.length} ${noun}s shown` : "";
    one("all").hidden = !active;
    all(".note").forEach((note) => { note.hidden = active; });
    one("none").hidden = shown > 0;
    numbers(wanted);
    sections();
  };

  buttons.forEach((button) => button.addEventListener("click", () => {
    const { facet, value } = button.dataset;
    chosen[facet] = chosen[facet] === value ? "" : value;
    apply();
  }));
  one("text").addEventListener("input", apply);
  if (group) group.addEventListener("change", () => { chosen.group = group.value; apply(); });
  one("all").addEventListener("click", () => {
    Object.keys(chosen).forEach((facet) => { chosen[facet] = ""; });
    one("text").value = "";
    if (group) group.value = "";
    apply();
    one("text").focus();
  });

  const span = (seconds) => {
    const units = [[86400, "d"], [3600, "h"], [60, "min"]];
    const [size, unit] = units.find(([length]) => seconds >= length) || [1, "s"];
    return `${Math.floor(seconds / size)} ${unit}`;
  };
  const made = one("made");
  const age = () => {
    const seconds = (Date.now() - Date.parse(made.dateTime)) / 1000;
    const old = seconds > Number(oldAfter);
    one("ago").textContent = seconds < 60 ? "just now" : `${span(seconds)} ago`;
    one("ago").hidden = false;
    one("old").hidden = !old;
    if (old) one("old").textContent = `This page is ${span(seconds)} old: ${noun}s have synced or failed since. Run check_freshness again.`;
  };
  if (made) {
    age();
    setInterval(age, 30000);
  }
  addEventListener("beforeprint", () => all("details").forEach((fold) => { fold.open = true; }));

  one("filters").hidden = rows.length < 2;
  apply();
})();
