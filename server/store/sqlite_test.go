package store

import "testing"

func TestCheckSQLite(t *testing.T) {
	tests := map[string]bool{
		"3.51.3": true, "3.51.10": true, "3.53.4": true, "3.100.0": true, "4.0.0": true,
		"3.51.2": false, "3.50.9": false, "3.9.99": false, "2.99.99": false, "": false, "3.53": false, "three": false,
	}
	for version, good := range tests {
		if err := checkSQLite(version); (err == nil) != good {
			t.Errorf("%q: error %v, want it %v", version, err, map[bool]string{true: "accepted", false: "refused"}[good])
		}
	}
}
