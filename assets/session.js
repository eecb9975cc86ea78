// Another sign-in in this browser: forget the client token of the former session, which the server would refuse.
(function () {
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
})();
