curl -X POST "https://<api-host>/v1/oauth:token"       -H "Content-Type: application/json"       -d '{
    "client_id": "YOUR_CLIENT_ID",
    "client_secret": "YOUR_CLIENT_SECRET",
    "audience": "YOUR_AUDIENCE",
    "grant_type": "client_credentials"
  }'
