package broker

// Place names where a sealed value stands. It is authenticated with the value,
// so that one moved to another tenant, table, column or row does not open.
type Place struct{ Tenant, Table, Column, Row string }
