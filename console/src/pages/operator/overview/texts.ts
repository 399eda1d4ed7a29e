import { choose } from '../../../texts/texts';

export const texts = choose({
  en: {
    toDo: 'What needs doing',
    allDone: 'Nothing needs doing.',
    tenants: 'Tenants',
    deletedTenants: 'Deleted, can be restored',
    users: 'Users',
    memberships: 'Memberships',
    byStatus: 'Tenants by status',
    byPlan: 'Tenants by plan',
    findings: (count: number) => `The doctor has ${count === 1 ? 'one finding' : `${count} findings`} in the database.`,
    jobs: (count: number) => (count === 1 ? 'One job is overdue or has failed.' : `${count} jobs are overdue or have failed.`),
    mails: (count: string) => `Mails that have failed: ${count}`,
    webhooks: (count: string) => `Webhooks that fail or that the server has disabled: ${count}`,
    sinks: (count: string) => `Sinks that do not receive everything: ${count}`,
  },
  de: {
    toDo: 'Was zu tun ist',
    allDone: 'Es ist nichts zu tun.',
    tenants: 'Mandanten',
    deletedTenants: 'Gelöscht, wiederherstellbar',
    users: 'Benutzer',
    memberships: 'Mitgliedschaften',
    byStatus: 'Mandanten nach Status',
    byPlan: 'Mandanten nach Tarif',
    findings: (count) => `Der Doktor hat ${count === 1 ? 'einen Befund' : `${count} Befunde`} in der Datenbank.`,
    jobs: (count) => (count === 1 ? 'Eine Aufgabe ist überfällig oder gescheitert.' : `${count} Aufgaben sind überfällig oder gescheitert.`),
    mails: (count) => `Gescheiterte E-Mails: ${count}`,
    webhooks: (count) => `Webhooks, die scheitern oder vom Server abgeschaltet sind: ${count}`,
    sinks: (count) => `Ziele des Ereignisstroms, die nicht alles bekommen: ${count}`,
  },
});
