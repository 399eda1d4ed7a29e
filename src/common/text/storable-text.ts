/**
 * Returns the beginning of a text of another program as PostgreSQL can store it: without NUL and unpaired surrogates. PostgreSQL refuses
 * a statement that contains them, so nothing of the statement would be recorded.
 *
 * @param max the UTF-16 units that are kept
 */
export const storableText = (text: string, max: number): string => Buffer.from(text.slice(0, max)).toString().replaceAll('\0', '');
