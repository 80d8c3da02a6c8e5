const response = await fetch(
  'https://api.[tenant-handle].getomneo.com/api/v3/auth/token',
  {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: '[client-id]',
      client_secret: '[client-secret]',
      username: '[username]',
      password: '[password]',
      scope: '*'
    })
  }
);
const { access_token } = await response.json();
