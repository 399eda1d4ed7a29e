import { choose } from '../../texts/texts';

export const texts = choose({
  en: {
    overview: 'Overview',
    apiKeys: 'API keys',
    webhooks: 'Webhooks',
    usage: 'Usage',
    billing: 'Plan and invoices',
    audit: 'Audit log',
    data: 'Data',
    notMemberTitle: 'You are not a member of this organization',
    notMember: 'The address is wrong, or your membership has ended.',
    awaitingConsent: 'A guardian must consent before you have access.',
    guardianClosed: 'The organization gives guardians no access at present.',
    impersonated: (reason: string) => `You act as this member. Reason: ${reason}`,
  },
  de: {
    overview: 'Überblick',
    apiKeys: 'API-Schlüssel',
    webhooks: 'Webhooks',
    usage: 'Nutzung',
    billing: 'Tarif und Rechnungen',
    audit: 'Protokoll',
    data: 'Daten',
    notMemberTitle: 'Sie sind nicht Mitglied dieser Organisation',
    notMember: 'Die Adresse ist falsch, oder Ihre Mitgliedschaft ist beendet.',
    awaitingConsent: 'Eine sorgeberechtigte Person muss einwilligen, bevor Sie Zugang haben.',
    guardianClosed: 'Die Organisation gibt Sorgeberechtigten zurzeit keinen Zugang.',
    impersonated: (reason) => `Sie handeln als dieses Mitglied. Grund: ${reason}`,
  },
});
