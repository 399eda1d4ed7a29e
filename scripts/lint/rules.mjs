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

const readers = { ip: 'clientAddressOf', ips: 'clientAddressOf', hostname: 'hostNameOf', host: 'hostNameOf' };

/**
 * Forbids reading the address of the client and the host from a request of Fastify, which returns what a proxy has sent, with
 * ports, brackets and a final dot. The readers of `src/common/http/addresses/` return one form of each.
 */
const requestAddress = {
  create(context) {
    const report = (node, name) => context.report({ node, message: `Read it with ${readers[name]} (src/common/http/addresses/).` });
    return {
      MemberExpression(node) {
        if (/request$/i.test(node.object.name ?? '') && Object.hasOwn(readers, node.property.name)) report(node, node.property.name);
      },
      ImportSpecifier({ imported, parent }) {
        if (parent.source.value === '@nestjs/common' && imported.name === 'Ip') report(imported, 'ip');
      },
      ObjectPattern({ typeAnnotation, properties }) {
        if (typeAnnotation?.typeAnnotation?.typeName?.name !== 'FastifyRequest') return;
        for (const { key } of properties) if (Object.hasOwn(readers, key?.name ?? '')) report(key, key.name);
      },
    };
  },
};

const drivers = new Set(['pg', '@prisma/adapter-pg']);
const clients = new Set(['Pool', 'Client', 'PrismaClient', 'PrismaPg']);

/**
 * Forbids connections to the database that `src/database` does not open. They bind no tenant and bypass the tenant extension. Types of the drivers, and
 * functions of `pg` such as `pg.escapeLiteral`, are allowed.
 */
const ownConnection = {
  create(context) {
    const report = (node) => context.report({ node, message: 'Only src/database opens connections. Inject TenantDb: it adds the tenant to every query.' });
    return {
      ImportSpecifier(node) {
        const isType = node.importKind === 'type' || node.parent.importKind === 'type';
        if (!isType && clients.has(node.imported.name)) report(node);
      },
      MemberExpression(node) {
        if (node.object.name === 'pg' && clients.has(node.property.name)) report(node);
      },
      ImportExpression(node) {
        if (drivers.has(node.source.value)) report(node);
      },
      CallExpression(node) {
        if (drivers.has(node.arguments[0]?.value) && node.callee.type !== 'MemberExpression') report(node);
      },
    };
  },
};

export default { meta: { name: 'tenantry' }, rules: { 'injected-clock': injectedClock, 'own-connection': ownConnection, 'request-address': requestAddress } };
