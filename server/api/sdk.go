package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// asset is one of the browser's files, compressed once at the start.
type asset struct {
	body, gzipped []byte
	etag, kind    string // etag without its quotes
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
		return inShopify.fail(s, c, err)
	}
	if !slices.Contains(sdkRoute.methods, c.Method()) {
		c.Set(fiber.HeaderAllow, allowed(sdkRoute.methods))
		return inShopify.fail(s, c, errWrongMethod)
	}
	a, known := s.files[c.Params("version")+"/"+c.Params("file")]
	if !known {
		return inShopify.fail(s, c, errNoRoute)
	}
	a.reply(c)
	return nil
}

func (a asset) reply(c *fiber.Ctx) {
	ctx, h := c.Context(), &c.Context().Response.Header
	h.SetContentType(a.kind)
	h.Set(fiber.HeaderCacheControl, a.cache)
	etag := strconv.Quote(a.etag)
	zipped := ctx.Request.Header.HasAcceptEncoding("gzip")
	if zipped {
		etag = strconv.Quote(a.etag + "-gzip") // other bytes, so another strong validator (RFC 9110 section 8.8.3)
	}
	h.Set(fiber.HeaderETag, etag)
	h.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	h.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set(fiber.HeaderAccessControlAllowOrigin, "*") // also for a script tag with integrity, which may be cached for another page
	switch {
	case matches(string(ctx.Request.Header.Peek(fiber.HeaderIfNoneMatch)), etag):
		ctx.SetStatusCode(fiber.StatusNotModified)
	case zipped:
		h.SetContentEncoding("gzip")
		ctx.Response.SetBody(a.gzipped)
	default:
		ctx.Response.SetBody(a.body)
	}
}

// loadFiles finds every file under its full version, kept forever; those of the
// present version also under its major one, which moves on with releases.
func loadFiles(c Config) (map[string]asset, error) {
	assets := map[string]asset{}
	released, err := fs.Glob(c.Releases, "*/*")
	if err != nil {
		return nil, err
	}
	for _, name := range released {
		if err := load(assets, c.Releases, name, name, forever); err != nil {
			return nil, err
		}
	}
	major, _, _ := strings.Cut(c.Version, ".")
	present, err := fs.Glob(c.Files, "*.*")
	for _, name := range present {
		err = errors.Join(err, load(assets, c.Files, name, c.Version+"/"+name, forever), load(assets, c.Files, name, major+"/"+name, fiveMinutes))
	}
	return assets, err
}

func load(assets map[string]asset, files fs.FS, name, at, cache string) error {
	body, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	a, err := newAsset(name, body)
	a.cache = cache
	assets[at] = a
	return err
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
	etag := base64.RawURLEncoding.EncodeToString(sum[:16])
	return asset{body: body, gzipped: b.Bytes(), etag: etag, kind: kindOf(name)}, nil
}

// kinds are fixed here, because the machine's own table differs from one to the next.
var kinds = map[string]string{
	".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".json": "application/json", ".map": "application/json",
	".ts": "text/plain; charset=utf-8", ".liquid": "text/plain; charset=utf-8", ".md": "text/plain; charset=utf-8",
}

func kindOf(name string) string {
	if k, known := kinds[path.Ext(name)]; known {
		return k
	}
	return "application/octet-stream"
}
