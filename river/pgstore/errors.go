package pgstore

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/text/unicode/norm"

	"github.com/iyzico-go/masspayout/gen"
)

// Permanent reports whether err is a refusal of the database, or of pgx, that does not pass by itself, by its SQLSTATE: a
// wrong value (class 22), a constraint (23), a missing table or permission (42) and the like. Not permanent are a lost
// connection (08), serialization failures and deadlocks (40), a lack of resources (53), locks and objects in use (55), an operator's intervention (57), a
// failure of the machine (58), an internal error (XX000, as poolers also say), a database that is a replica for now
// (25006), a session that was idle (25P03), and what is no answer of a database, such as a timeout.
func Permanent(err error) bool {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		switch refused.Code {
		case "25006", "25P03", "XX000":
			return false
		}
		for _, class := range []string{"08", "40", "53", "55", "57", "58"} {
			if strings.HasPrefix(refused.Code, class) {
				return false
			}
		}
		return true
	}
	var scan pgx.ScanArgError
	return errors.As(err, &scan) || err != nil && strings.Contains(err.Error(), "failed to encode args")
}

// preparedLost reports whether a statement was refused because another session has prepared it, or one of its name.
func preparedLost(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && (refused.Code == "26000" || refused.Code == "42P05")
}

// outdated reports whether a prepared statement was refused because the table has been changed since.
func outdated(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && refused.Code == "0A000" && refused.Routine == "RevalidateCachedQuery"
}

// Explain says in words what to do about a permanent error of the database. After that, the payout can be resumed.
func Explain(err error) string {
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		return "see to the program and its version of pgx"
	}
	switch {
	case preparedLost(err):
		return "the pool leads through a pooler in transaction mode, where statements that are prepared get lost: " +
			"connect with default_query_exec_mode=exec"
	case refused.Code == "42501":
		return "grant the workers' role what the documentation of pgstore lists"
	case slices.Contains([]string{"42P01", "42703", "42883"}, refused.Code):
		if strings.Contains(refused.Message, "river_") {
			return "River's tables are not those of this version: run River's migrations"
		}
		return "the tables are not those of this version: call pgstore.Migrate"
	default:
		return "see to the database"
	}
}

// SameName returns what two names share that a person would read as one, see [gen.FoldName]. Characters with the same
// NFKC form count as one, too.
func SameName(name string) string { return gen.FoldName(norm.NFKC.String(name)) }

// longestName is how many bytes a name may have: a row of PostgreSQL's indexes has no room for more than some 2,700.
const longestName = 2000

// CheckName reports a name that PostgreSQL would refuse, which would abort the caller's transaction: an empty one, one with
// a NUL, one that is not UTF-8, and one that is too long for an index. what names the argument.
func CheckName(what, name string) error {
	switch {
	case name == "":
		return fmt.Errorf("pgstore: %s: expected a name, got none", what)
	case !utf8.ValidString(name):
		return fmt.Errorf("pgstore: %s: expected UTF-8, got %q", what, name)
	case strings.ContainsRune(name, 0):
		return fmt.Errorf("pgstore: %s: expected no NUL, got %q", what, name)
	case max(len(name), len(SameName(name))) > longestName:
		return fmt.Errorf("pgstore: %s: expected at most %d bytes, got %d", what, longestName, len(name))
	}
	return nil
}
