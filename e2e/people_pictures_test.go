package e2e

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var draws = flag.Bool("pictures", false, "draw the pictures in docs/pictures anew")

// pictured are the pages that docs/pictures has, each on a phone and on a desk, light and dark.
var pictured = map[string]string{
	"login": "login", "consent": "consent", "grant": "grant", "account": "account", "denial": "onward", "error": "failure-wrong_redirect",
}

var widths = map[string]int{"phone": 780, "desktop": 1280} // a phone has twice the pixels

const (
	folder   = "../docs/pictures"
	heaviest = 60 << 10 // bytes of a picture
)

// The pictures of the documents are there, as wide as they say, and small.
func TestPictures(t *testing.T) {
	if *draws {
		drawPictures(t)
	}
	for name := range pictured {
		for _, size := range sizes {
			for _, scheme := range []string{"light", "dark"} {
				path := filepath.Join(folder, name+"-"+size["name"].(string)+"-"+scheme+".png")
				data, err := os.ReadFile(path)
				if err != nil {
					t.Fatalf("%v (go test -run TestPictures -pictures draws it)", err)
				}
				config, err := png.DecodeConfig(bytes.NewReader(data))
				if err != nil || config.Width != widths[size["name"].(string)] || len(data) > heaviest {
					t.Errorf("%s is %d wide, with %d bytes: %v", path, config.Width, len(data), err)
				}
			}
		}
	}
}

func drawPictures(t *testing.T) {
	dir := t.TempDir()
	var said string
	newGallery(t).look(t, "chromium", "pictures", object{"pages": pictured, "folder": dir}, &said)
	drawn, err := filepath.Glob(filepath.Join(dir, "*.png"))
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range drawn {
		if err := shrink(from, filepath.Join(folder, filepath.Base(from))); err != nil {
			t.Fatal(err)
		}
	}
}

// shrink writes a picture again with 256 colors, which these pages do with.
func shrink(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	drawn, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return err
	}
	few := image.NewPaletted(drawn.Bounds(), commonest(drawn, 256))
	draw.Draw(few, few.Rect, drawn, few.Rect.Min, draw.Src)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few); err != nil {
		return err
	}
	return os.WriteFile(to, out.Bytes(), 0o600)
}

// commonest are the colors that a picture has most of.
func commonest(drawn image.Image, most int) color.Palette {
	count := map[color.Color]int{}
	for y := drawn.Bounds().Min.Y; y < drawn.Bounds().Max.Y; y++ {
		for x := drawn.Bounds().Min.X; x < drawn.Bounds().Max.X; x++ {
			count[drawn.At(x, y)]++
		}
	}
	colors := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	})
	return colors[:min(most, len(colors))]
}
