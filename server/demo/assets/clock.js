// Puts this page's clock forward, or back, by the seconds in data-ahead.
{
  const now = Date.now
  const ahead = document.currentScript.dataset.ahead * 1000
  Date.now = () => now() + ahead
}
