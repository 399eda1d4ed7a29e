// Reads the arguments of the scripts that npm runs, with the library of `npx tenantry`.
import { Command, InvalidArgumentError } from 'commander';

/**
 * Returns a command for the arguments of an npm script, which Commander's methods describe further. `--help` prints its usage. A wrong argument ends the process with
 * one line and exit code 2, as those of `npx tenantry` do.
 *
 * @param name the name of the script in package.json
 * @param description one sentence about what it does
 */
export function npmScript(name, description) {
  return new Command(`npm run ${name} --`)
    .description(description)
    .configureOutput({ outputError: (text, write) => write(`${text.trim().replaceAll('\n', ' ')} See: npm run ${name} -- --help\n`) })
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
}

/** Reads an option that is a number above 0. */
export function positive(text) {
  if (!(Number(text) > 0)) throw new InvalidArgumentError('It must be a number above 0.');
  return Number(text);
}

/** Reads an option that is a whole number above 0. */
export function count(text) {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It must be a whole number above 0.');
  return Number(text);
}

/** Returns the reader of an option that is a list of these names, separated by commas. */
export const namesAmong = (known) => (text) => {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no "${unknown}". There are: ${known.join(', ')}.`);
  return names;
};
