// Before the first paint: the saved theme (or the system's) and the width of the rail.
(function () {
  var root = document.documentElement;
  try {
    var theme = localStorage.getItem("theme") || "system";
    var dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
    root.classList.remove("light", "dark");
    root.classList.add(dark ? "dark" : "light");
    root.style.colorScheme = dark ? "dark" : "light";
    if (localStorage.getItem("kith-rail") === "slim") root.dataset.rail = "slim";
  } catch (error) {
    // Storage may be forbidden: the stylesheet then follows the system.
  }
})();
