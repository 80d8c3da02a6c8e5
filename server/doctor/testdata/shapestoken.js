window.shapestoken ??= {}
