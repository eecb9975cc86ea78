// Before the first paint: the saved theme (or the system's, also when that changes) and the width of the rail.
(function () {
  var root = document.documentElement;
  var system = matchMedia("(prefers-color-scheme: dark)");
  function paint() {
    var theme = localStorage.getItem("theme") || "system";
    var dark = theme === "dark" || (theme === "system" && system.matches);
    root.classList.remove("light", "dark");
    root.classList.add(dark ? "dark" : "light");
    root.style.colorScheme = dark ? "dark" : "light";
  }
  try {
    paint();
    system.addEventListener("change", paint);
    if (localStorage.getItem("kith-rail") === "slim") root.dataset.rail = "slim";
  } catch (error) {
    // Storage may be forbidden: the stylesheet then follows the system.
  }
})();
