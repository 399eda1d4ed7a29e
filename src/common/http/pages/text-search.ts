import { TextField } from '../fields.js';

/** A query parameter for {@link containsText}. @param subject what has the text, e.g. "Only teams whose name" */
export const SearchField = (subject: string): PropertyDecorator =>
  TextField({
    optional: true,
    description: `${subject} contains this text. Capital and small letters are the same. Letters are compared one by one: \`strasse\` does not find \`Straße\`, nor \`σ\` a final \`ς\`.`,
  });

/** Returns a case-insensitive filter for texts that contain the search term. `%` and `_` are no wildcards. */
export function containsText(typed: string): { readonly contains: string; readonly mode: 'insensitive' } {
  return { contains: typed.replace(/[\\%_]/g, String.raw`\$&`), mode: 'insensitive' };
}
