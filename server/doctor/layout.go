package doctor

import "strings"

func laid(says string, lay func(id, shop, time string) string) slip {
	return slip{"layout", says, func(r *recipe) { r.lay = lay }}
}

// layoutsV1 are messages of v2 that are sent as v1, with no time.
var layoutsV1 = []slip{
	laid("shop and id are signed as for v2, but no time", func(id, shop, _ string) string { return "v2:" + shop + ":" + id + ":" }),
	laid("shop and id are signed as for v2, but no time", func(id, shop, _ string) string { return "v2:" + shop + ":" + id }),
	laid("the shop is signed beside the id, which v1 does not do", func(id, shop, _ string) string { return shop + ":" + id }),
}

// orders are all ways to line up the three parts of v2; the first is the right one.
var orders = []struct {
	says string
	line func(id, shop, time string) []string
}{
	{"shop, id, time", func(id, shop, time string) []string { return []string{shop, id, time} }},
	{"shop, time, id", func(id, shop, time string) []string { return []string{shop, time, id} }},
	{"id, shop, time", func(id, shop, time string) []string { return []string{id, shop, time} }},
	{"id, time, shop", func(id, shop, time string) []string { return []string{id, time, shop} }},
	{"time, shop, id", func(id, shop, time string) []string { return []string{time, shop, id} }},
	{"time, id, shop", func(id, shop, time string) []string { return []string{time, id, shop} }},
	{"id, time (the shop is missing)", func(id, _, time string) []string { return []string{id, time} }},
	{"time, id (the shop is missing)", func(id, _, time string) []string { return []string{time, id} }},
	{"shop, id (the time is missing)", func(id, shop, _ string) []string { return []string{shop, id} }},
}

// layoutsV2 are other ways to put the message of v2 together.
func layoutsV2() []slip {
	all := []slip{laid("the customer id alone is signed, as for v1, but a timestamp is sent", layV1)}
	for i, o := range orders {
		if i > 0 {
			all = append(all, laid("the parts are signed in the order "+o.says, func(id, shop, time string) string {
				return "v2:" + strings.Join(o.line(id, shop, time), ":")
			}))
		}
		all = append(all, laid("the text does not begin with v2:, and the parts are signed in the order "+o.says, func(id, shop, time string) string {
			return strings.Join(o.line(id, shop, time), ":")
		}))
	}
	for _, separator := range []string{"", "|", "-", ".", ",", " ", "\n"} {
		all = append(all, laid("the parts are not joined by colons", func(id, shop, time string) string {
			return strings.Join([]string{"v2", shop, id, time}, separator)
		}))
	}
	return all
}
