/**
 * Finds what the snippet wrote into the page: attributes with the names of
 * init's options. Undefined where there is nothing to do: no marker, or the
 * theme editor. Only a script element counts, because shops let strangers write
 * other elements (in reviews, for instance).
 */
export const marker = (): DOMStringMap | undefined =>
  document.querySelector<HTMLElement>('script[data-shapestoken]:not([data-state=design])')?.dataset
