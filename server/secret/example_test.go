package secret_test

import (
	"encoding/json"
	"fmt"

	"github.com/shapestoken/shapestoken/server/secret"
)

func Example() {
	var login struct {
		User     string
		Password secret.Text
	}
	_ = json.Unmarshal([]byte(`{"User": "till-3", "Password": "correct horse"}`), &login)

	fmt.Printf("%+v\n", login)
	fmt.Println(login.Password.Equal(secret.New("battery staple")))
	fmt.Println(len(login.Password.Reveal()))

	_, err := json.Marshal(login.Password)
	fmt.Println(err != nil)
	// Output:
	// {User:till-3 Password:[secret]}
	// false
	// 13
	// true
}
