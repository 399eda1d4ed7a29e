// The names of a resource in each language, from one noun.

const irregular = { person: 'people', child: 'children', man: 'men', woman: 'women', quiz: 'quizzes', datum: 'data', criterion: 'criteria', analysis: 'analyses' };
/** Words that cannot name a variable or a member of TypeScript. */
const ofTypeScript =
  'arguments await break case catch class const constructor continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected prototype public return static super switch this throw true try typeof undefined var void while with yield'.split(
    ' ',
  );
/** Words that a resource cannot be called: types of fields, what the generated code and the clients use without importing it, its variables, and what Prisma keeps to itself. */
const reserved = new Set([
  ...ofTypeScript,
  ...'body id prisma prismaClient reply string text int bigint float decimal number boolean date datetime uuid json bytes unsupported currency member resource record response promise then'.split(
    ' ',
  ),
]);
/** Words that a field cannot be called: the generated code has variables of these names, every object has such a member, or every table such a column. */
export const reservedForFields = new Set([
  ...ofTypeScript,
  ...Object.getOwnPropertyNames(Object.prototype),
  ...'filter page request rest row cmax cmin ctid tableoid xmax xmin'.split(' '),
]);

/** PostgreSQL cuts longer names off. */
export const longestName = 63;

const partsOf = (name) =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[-_]/);
export const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);
const pascal = (words) => words.map(capital).join('');
const camel = (words) => [words[0], ...words.slice(1).map(capital)].join('');

function pluralOf(word) {
  if (irregular[word] !== undefined) return irregular[word];
  if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, 'ies');
  return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

export const columnOf = (field) => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Returns the words of a field: "sent at" for `sentAt`. */
export const wordsOf = (field) => columnOf(field).replaceAll('_', ' ');

/** Returns "a note", "an invoice", "a unit", "an hour". */
const withArticle = (text) => `${/^(?!uni[^n]|us[aeu]|eu|one\b)[aeiou]|^(hour|hono|heir)/.test(text) ? 'an' : 'a'} ${text}`;

/**
 * Returns the names of a resource.
 *
 * @param singular e.g. `quote-line`
 * @param plural the plural, if it is not regular
 */
export function namesOf(singular, plural) {
  for (const each of plural === undefined ? [singular] : [singular, plural])
    if (!/^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/i.test(each)) throw new Error(`"${each}" names no resource: use letters of ASCII, digits and hyphens, e.g. note or quote-line.`);
  const one = partsOf(singular);
  const last = one.at(-1);
  const isPlural = Object.values(irregular).includes(last) || /[^isu]s$/.test(last);
  if (plural === undefined && isPlural) throw new Error(`"${singular}" looks like a plural. Name one of them, e.g. note and not notes, or give the plural with --plural.`);
  const many = plural === undefined ? [...one.slice(0, -1), pluralOf(last)] : partsOf(plural);
  if (one.join() === many.join()) throw new Error(`The plural of "${singular}" must differ from it. Give another one with --plural.`);
  if ([one, many].some((words) => reserved.has(camel(words))))
    throw new Error(`"${singular}" has a meaning of its own in the code. Choose another name, for example product-${singular}.`);
  if (many.join('_').length > longestName) throw new Error(`"${singular}" is too long: PostgreSQL allows the names of tables ${longestName} letters.`);
  return {
    words: one.join(' '),
    aWord: withArticle(one.join(' ')),
    pluralWords: many.join(' '),
    Name: pascal(one),
    /** The type of its rows. */
    Row: pascal(one),
    name: camel(one),
    Names: pascal(many),
    names: camel(many),
    /** The folder, the route and the tag. */
    path: many.join('-'),
    /** The table, and the resource of its permissions. */
    table: many.join('_'),
  };
}
