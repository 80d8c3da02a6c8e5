curl -H 'Accept: application/json' \
     -H "Authorization: Bearer ${TOKEN}" \
     https://api.[tenant-handle].getomneo.com/api/v3/profiles
