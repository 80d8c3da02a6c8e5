package pagestest

import (
	"reflect"
	"strconv"

	"github.com/shapestoken/shapestoken/server/pages"
)

// Fill is a page with the same text in every field that is a text, and Fields
// are pages with it in one field each, by the field's name.
func Fill(p pages.Page, text string) pages.Page {
	filled := clone(reflect.ValueOf(p))
	visit(filled, "", func(field reflect.Value, _ string) { field.SetString(text) })
	return filled.Interface().(pages.Page)
}

// Fields see Fill.
func Fields(p pages.Page, text string) map[string]pages.Page {
	all := map[string]pages.Page{}
	visit(clone(reflect.ValueOf(p)), "", func(_ reflect.Value, wanted string) {
		filled := clone(reflect.ValueOf(p))
		visit(filled, "", func(field reflect.Value, name string) {
			if name == wanted {
				field.SetString(text)
			}
		})
		all[wanted] = filled.Interface().(pages.Page)
	})
	return all
}

// visit goes to every text in v, however deep.
func visit(v reflect.Value, name string, see func(reflect.Value, string)) {
	switch v.Kind() {
	case reflect.String:
		see(v, name)
	case reflect.Slice:
		for i := range v.Len() {
			visit(v.Index(i), name+"."+strconv.Itoa(i), see)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				visit(v.Field(i), name+"."+v.Type().Field(i).Name, see)
			}
		}
	}
}

// clone is a copy that can be changed without its original.
func clone(v reflect.Value) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	switch v.Kind() {
	case reflect.Slice:
		c.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			c.Index(i).Set(clone(v.Index(i)))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				c.Field(i).Set(clone(v.Field(i)))
			}
		}
	}
	return c
}
