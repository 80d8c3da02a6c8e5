package demo

import (
	"net/http"
	"strconv"
)

const mostForm = 1 << 10 // bytes

// login takes the customer's word for it: that is the one thing here which is
// not as in a real shop.
func (s *site) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	customer := customerOf(r.PostFormValue("customer"))
	if customer == 0 {
		http.Error(w, "There is no such customer.", http.StatusBadRequest)
		return
	}
	http.SetCookie(w, cookie(strconv.FormatInt(customer, 10), 0))
	back(w, r)
}

func (s *site) logout(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, cookie("", -1))
	back(w, r)
}

// cookie lives as long as the browser's session, unless age ends it now.
func cookie(value string, age int) *http.Cookie {
	return &http.Cookie{Name: cookieName, Value: value, MaxAge: age, Path: "/", SameSite: http.SameSiteLaxMode, HttpOnly: true}
}

// back shows the page with the switches as they were. The address is put
// together anew, so that it can lead nowhere else.
func back(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/"+stateOf(r).query(), http.StatusSeeOther)
}
