// Hides the plain page while the scripts of the full one come; where they do not come, or do not run, it is shown.
// A classic script in the words of old browsers: it must run where the others do not.
(function () {
  var PATIENCE_MS = 4000;
  var root = document.documentElement;

  function show() {
    root.classList.remove("scripts-come");
    var newest = document.getElementById("newest"); // gone where the scripts ran
    if (newest && location.hash === "#newest") newest.scrollIntoView();
  }

  root.classList.add("scripts-come");
  document.addEventListener("DOMContentLoaded", show);
  setTimeout(show, PATIENCE_MS); // a script that hangs on the line holds that event back
})();
