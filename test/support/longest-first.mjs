import Sequencer from '@jest/test-sequencer';

/** The slowest files and folders, slowest first. A fresh clone has no measured durations yet. */
const slowest = [
  // Each is a chain of builds and test runs of a whole project: the others fill the time beside them.
  'test/long/add-resource.spec',
  'test/long/scenarios/product-tables.spec',
  'test/cluster/rolling-deployment.spec',
  'test/inside/models/',
  'test/cluster/',
  'test/long/billing/',
  'test/long/',
  'test/inside/billing/',
  'test/inside/isolation/',
  'test/inside/',
  'test/http/',
  'test/',
];

const placeOf = ({ path }) => slowest.findIndex((part) => path.includes(`/${part}`)) >>> 0;

/** Starts the slowest files first: by the durations that Jest measured here before, or else by folder. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return sorted.every(({ duration }) => duration !== undefined) ? sorted : sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}
