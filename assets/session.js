(function () {
  // Another sign-in in this browser: forget the client token of the former session, which the server would refuse.
  try {
    var found = document.cookie.match(/(?:^|; )kith_tab=([0-9a-f]+)/);
    var tab = found ? found[1] : "";
    if (sessionStorage.getItem("kith-tab") !== tab) {
      sessionStorage.removeItem("token");
      sessionStorage.setItem("kith-tab", tab);
    }
  } catch (error) {
    // Storage may be forbidden: then there is no token to forget either.
  }
  // The page of sign-in is the server's: go there with a full load when the app sends us.
  var push = history.pushState;
  history.pushState = function (state, title, url) {
    if (url && new URL(url, location.href).pathname === "/sign-in") return location.assign(url);
    return push.apply(this, arguments);
  };
  // If the session has ended, go to the sign-in page: at once when the server closes the socket for it, and while the
  // connection is lost.
  function ask() {
    fetch("/session", { cache: "no-store" }).then(function (answer) {
      if (answer.status === 401)
        location.assign("/sign-in?next=" + encodeURIComponent(location.pathname + location.search));
    }).catch(function () {});
  }
  var ENDED = 4401; // crm_app/http/gate.py
  window.WebSocket = class extends window.WebSocket {
    constructor() {
      super(...arguments);
      this.addEventListener("close", function (event) { if (event.code === ENDED) ask(); });
    }
  };
  setInterval(function () { if (document.querySelector(".offline")) ask(); }, 2500);
})();
