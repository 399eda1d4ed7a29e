// The names of a resource in each language, from one noun.

const irregular = { person: 'people', child: 'children', man: 'men', woman: 'women', quiz: 'quizzes', datum: 'data', criterion: 'criteria', analysis: 'analyses' };
/** Words that cannot name a variable of TypeScript, or that every resource has. */
const reserved = new Set(
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield resource member'.split(
    ' ',
  ),
);

const wordsOf = (name) =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[-_]/);
const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);
const pascal = (words) => words.map(capital).join('');
const camel = (words) => [words[0], ...words.slice(1).map(capital)].join('');

function pluralOf(word) {
  if (irregular[word] !== undefined) return irregular[word];
  if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, 'ies');
  return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

export const columnOf = (field) => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Returns "a note", "an invoice". */
const withArticle = (text) => `${/^[aeiou]/.test(text) ? 'an' : 'a'} ${text}`;

/**
 * Returns the names of a resource.
 *
 * @param singular e.g. `quote-line`
 * @param plural the plural, if it is not regular
 */
export function namesOf(singular, plural) {
  if (!/^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/i.test(singular)) throw new Error(`"${singular}" names no resource: use letters, digits and hyphens, e.g. invoice or quote-line.`);
  const one = wordsOf(singular);
  if (reserved.has(one.join(''))) throw new Error(`"${singular}" has a meaning of its own in the code. Choose another name.`);
  const many = plural === undefined ? [...one.slice(0, -1), pluralOf(one.at(-1))] : wordsOf(plural);
  if (one.join() === many.join()) throw new Error(`The plural of "${singular}" must differ from it. Give another one with --plural.`);
  return {
    words: one.join(' '),
    aWord: withArticle(one.join(' ')),
    pluralWords: many.join(' '),
    Name: pascal(one),
    name: camel(one),
    Names: pascal(many),
    names: camel(many),
    /** The folder, the route and the tag. */
    path: many.join('-'),
    /** The table, and the resource of its permissions. */
    table: many.join('_'),
  };
}
