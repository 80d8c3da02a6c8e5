// Command gallery shows every page of server/pages in a browser:
//
//	go run ./server/pages/gallery
//
// It prints the address to open, and ends when it is interrupted.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/shapestoken/shapestoken/server/pages/pagestest"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatalf("no address to listen on: %v", err)
	}
	fmt.Printf("http://%s\n", listener.Addr())
	server := &http.Server{Handler: pagestest.Handler(), ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.Serve(listener))
}
