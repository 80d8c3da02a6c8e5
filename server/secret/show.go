package secret

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// shown stands in for every secret, the empty one too: whether there is a
// secret is nobody's business either.
const shown = "[secret]"

// ErrWritten is returned whenever a secret is about to be encoded. It fails
// instead of writing the stand-in, which would be read back one day as if it
// were the secret.
var ErrWritten = errors.New("secret: a secret is not written out; reveal it where it is needed")

// String returns "[secret]".
func (t Text) String() string { return shown }

// GoString returns "[secret]".
func (t Text) GoString() string { return shown }

// Format writes "[secret]" whatever the verb and the flags.
func (t Text) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, shown) }

// LogValue shows "[secret]" to slog.
func (t Text) LogValue() slog.Value { return slog.StringValue(shown) }

// MarshalText fails with [ErrWritten]. encoding/xml, TOML and YAML ask it.
func (t Text) MarshalText() ([]byte, error) { return nil, ErrWritten }

// MarshalJSON fails with [ErrWritten].
func (t Text) MarshalJSON() ([]byte, error) { return nil, ErrWritten }

// MarshalBinary fails with [ErrWritten]. encoding/gob asks it.
func (t Text) MarshalBinary() ([]byte, error) { return nil, ErrWritten }

// Value fails with [ErrWritten], so that a secret reaches a database sealed or
// hashed and not by itself. Without it pgx would store String's answer.
func (t Text) Value() (driver.Value, error) { return nil, ErrWritten }

// UnmarshalText makes t the secret in text, so that configuration and request
// bodies can be decoded straight into a Text. It copies text and never fails.
func (t *Text) UnmarshalText(text []byte) error {
	*t = New(string(text))
	return nil
}
