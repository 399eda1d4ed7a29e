import Sequencer from '@jest/test-sequencer';

/** What takes long, longest first: in a fresh clone Jest does not know yet, and would end with one worker waiting for the other. */
const long = [
  'test/cluster/',
  'test/billing/',
  'test/isolation/',
  'test/tenant-archive',
  'test/members',
  'test/roles',
  'test/teams',
  'test/joining',
  'test/scenarios/',
  'test/usage/',
  'test/',
];

const placeOf = ({ path }) => long.findIndex((part) => path.includes(`/${part}`)) >>> 0;

/** Starts with what takes longest: as Jest measured it the last time here, or else as the list says. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return sorted.every(({ duration }) => duration !== undefined) ? sorted : sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}
