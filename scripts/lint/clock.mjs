/**
 * Forbids reading the time from anywhere but the injected `Clock`: tests could not set it. `new Date(value)` only
 * converts a value and is allowed; so is `performance.now()`, which measures durations.
 */
const injectedClock = {
  create(context) {
    const report = (node) => context.report({ node, message: 'Read the time from the injected Clock (src/common/clock.ts), which tests can set.' });
    return {
      NewExpression(node) {
        if (node.callee.name === 'Date' && node.arguments.length === 0) report(node);
      },
      CallExpression({ callee }) {
        if (callee.name === 'Date' || (callee.type === 'MemberExpression' && callee.object.name === 'Date' && callee.property.name === 'now')) report(callee);
      },
    };
  },
};

export default { meta: { name: 'tenantry' }, rules: { 'injected-clock': injectedClock } };
