package main

type migrateCommand struct{}

// Run makes what is missing and brings the schema up to date.
func (migrateCommand) Run(a *app) error {
	s, err := a.createStore(a.ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	return a.print(map[string]any{"database": "ready"}, "The database is there and up to date.")
}
