package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// asset is one of the browser's files, compressed once at the start.
type asset struct {
	body, gzipped []byte
	etag, kind    string
	cache         string
}

const (
	forever     = "public, max-age=31536000, immutable" // the version is in the path, and SRI holds it to its bytes
	fiveMinutes = "public, max-age=300"
)

// sdkRoute is read by every page, whoever's it is.
var sdkRoute = route{path: "/sdk/:version/:file", methods: readMethods, share: anyPage}

func (s *Server) sdk(c *fiber.Ctx) error {
	named(c, sdkRoute.path)
	if preflight, err := s.cors.apply(c, nil, sdkRoute); preflight || err != nil {
		return s.fail(c, err)
	}
	if !slices.Contains(sdkRoute.methods, c.Method()) {
		return s.wrongMethod(c, allowed(sdkRoute.methods))
	}
	a, known := s.files[c.Params("version")+"/"+c.Params("file")]
	if !known {
		return s.fail(c, errNoRoute)
	}
	a.reply(c)
	return nil
}

func (a asset) reply(c *fiber.Ctx) {
	ctx, h := c.Context(), &c.Context().Response.Header
	h.SetContentType(a.kind)
	h.Set(fiber.HeaderCacheControl, a.cache)
	h.Set(fiber.HeaderETag, a.etag)
	h.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	h.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set(fiber.HeaderAccessControlAllowOrigin, "*") // also for a script tag with integrity, which may be cached for another page
	switch {
	case matches(string(ctx.Request.Header.Peek(fiber.HeaderIfNoneMatch)), a.etag):
		ctx.SetStatusCode(fiber.StatusNotModified)
	case ctx.Request.Header.HasAcceptEncoding("gzip"):
		h.SetContentEncoding("gzip")
		ctx.Response.SetBody(a.gzipped)
	default:
		ctx.Response.SetBody(a.body)
	}
}

// loadAssets finds every file under its full version, kept forever, and under
// its major version, which moves on with releases.
func loadAssets(files fs.FS, version string) (map[string]asset, error) {
	assets := map[string]asset{}
	major, _, _ := strings.Cut(version, ".")
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Dir(name) != "." {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		a, err := newAsset(name, body)
		if err != nil {
			return err
		}
		a.cache = forever
		assets[version+"/"+name] = a
		a.cache = fiveMinutes
		assets[major+"/"+name] = a
		return nil
	})
	return assets, err
}

func newAsset(name string, body []byte) (asset, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return asset{}, err
	}
	if _, err := z.Write(body); err != nil {
		return asset{}, err
	}
	if err := z.Close(); err != nil {
		return asset{}, err
	}
	sum := sha256.Sum256(body)
	etag := fmt.Sprintf("%q", base64.RawURLEncoding.EncodeToString(sum[:16]))
	return asset{body: body, gzipped: b.Bytes(), etag: etag, kind: kindOf(name)}, nil
}

// kinds are fixed here, because the machine's own table differs from one to the next.
var kinds = map[string]string{
	".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".json": "application/json", ".ts": "text/plain; charset=utf-8", ".liquid": "text/plain; charset=utf-8",
}

func kindOf(name string) string {
	if k, known := kinds[path.Ext(name)]; known {
		return k
	}
	return "application/octet-stream"
}
