import { choose } from '../../texts/texts';

export const texts = choose({
  en: {
    title: 'Set up single sign-on',
    titleFor: (organization: string) => `Set up single sign-on for ${organization}`,
    hint: 'Connect your identity provider in three steps: add the connection, register it at the identity provider, and test it. Then enable it.',
    worksUntil: (time: string) => `This link works until ${time}, or until the connection is enabled.`,
    noToken: 'The address of this page is incomplete. Open the link as you got it.',
    over: 'This link does not work any more',
    overHint: 'It has expired, was revoked, or has done its work. Ask the organization for another one.',
    another: 'Add another connection',
    enable: 'Enable and finish',
    enableTitle: (name: string) => `Enable ${name}?`,
    enableHint: 'The people of the organization sign in with it from now on. This link ends.',
    done: (name: string, organization: string) =>
      `${name} is enabled. The people of ${organization} sign in with your identity provider now. This link has ended; you can close the page.`,
  },
  de: {
    title: 'Single Sign-on einrichten',
    titleFor: (organization) => `Single Sign-on für ${organization} einrichten`,
    hint: 'Verbinden Sie Ihren Identitätsanbieter in drei Schritten: Verbindung hinzufügen, beim Identitätsanbieter eintragen, testen. Danach schalten Sie sie ein.',
    worksUntil: (time) => `Dieser Link gilt bis ${time}, oder bis die Verbindung eingeschaltet ist.`,
    noToken: 'Die Adresse dieser Seite ist unvollständig. Öffnen Sie den Link so, wie Sie ihn bekommen haben.',
    over: 'Dieser Link gilt nicht mehr',
    overHint: 'Er ist abgelaufen, wurde widerrufen oder hat seinen Zweck erfüllt. Bitten Sie die Organisation um einen neuen.',
    another: 'Weitere Verbindung hinzufügen',
    enable: 'Einschalten und abschließen',
    enableTitle: (name) => `${name} einschalten?`,
    enableHint: 'Die Personen der Organisation melden sich von jetzt an damit an. Dieser Link endet.',
    done: (name, organization) =>
      `${name} ist eingeschaltet. Die Personen von ${organization} melden sich jetzt mit Ihrem Identitätsanbieter an. Dieser Link ist beendet; Sie können die Seite schließen.`,
  },
});
