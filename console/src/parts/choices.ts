/** Returns the choices of a field from their names by value. */
export const optionsOf = (names: Readonly<Record<string, string>>) => Object.entries(names).map(([value, label]) => ({ value, label }));

/** Whether a text, such as one of the address of a page, is a key of a map. What every object inherits, such as `constructor`, is none. */
export const isKeyOf = <Key extends string>(map: Readonly<Record<Key, unknown>>, text: string | undefined): text is Key => text !== undefined && Object.hasOwn(map, text);
