import { safeCss, type SafeCss } from './custom-css.policy.js';

/** Runs in a thread of its own: see CustomCssService. */
// oxlint-disable-next-line import/no-default-export -- piscina runs the default export
export default (text: string): SafeCss => safeCss(text);
