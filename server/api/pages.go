package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/pages"
)

// show renders a page in the language of whoever looks.
func (s *Server) show(c *fiber.Ctx, status int, page pages.Page) {
	s.showWith(c, status, page, pages.Headers())
}

func (s *Server) showWith(c *fiber.Ctx, status int, page pages.Page, headers map[string]string) {
	body, err := pages.Render(page, pages.Language(string(c.Context().Request.Header.Peek(fiber.HeaderAcceptLanguage))))
	if err != nil {
		s.refuse(c.Context(), fiber.StatusInternalServerError)
		return
	}
	replyAs(c.Context(), status, "text/html; charset=utf-8", body)
	h := &c.Context().Response.Header
	for name, value := range headers {
		h.Set(name, value)
	}
}

// failPerson tells a person in their browser.
func (s *Server) failPerson(c *fiber.Ctx, err error) error {
	return s.showFailure(c, err, fault, pages.Headers())
}

// failMerchant tells a merchant in theirs, whose pages have no forms.
func (s *Server) failMerchant(c *fiber.Ctx, err error) error {
	return s.showFailure(c, err, func(*broker.Error) pages.Fault { return pages.NotInstalled }, pages.Formless())
}

func (s *Server) showFailure(c *fiber.Ctx, err error, fault func(*broker.Error) pages.Fault, headers map[string]string) error {
	if err == nil {
		return nil
	}
	status, e := inPages.statusOf(err)
	tr := traceOf(c.Context())
	tr.err = e
	s.showWith(c, status, pages.Failure{Brand: tr.tenant, Fault: fault(e), Detail: e.Message, RequestID: tr.id}, headers)
	retryAfter(c.Context(), status, e)
	return nil
}

var faults = map[*broker.Error]pages.Fault{
	broker.ErrAsker:    pages.UnknownClient,
	broker.ErrRedirect: pages.WrongRedirect,
	broker.ErrForm:     pages.ExpiredPage,
	broker.ErrSignIn:   pages.ExpiredPage,
	errForeign.says:    pages.CrossSite,
}

func fault(e *broker.Error) pages.Fault {
	if f, known := faults[e]; known {
		return f
	}
	switch e.Code {
	case broker.Unavailable:
		return pages.NotAvailable
	case broker.RateLimited:
		return pages.TooManyRequests
	case broker.InvalidRequest:
		return pages.WrongRequest
	}
	return ""
}
