const response = await fetch(`${PROXY_URL}/login`, {
  method: 'POST',
  headers: {
    'Authorization': 'Basic ' + btoa(username + ':' + password)
  }
});
const { token, expiry } = await response.json();
