import { choose } from '../../../texts/texts';

export const texts = choose({
  en: {
    title: 'Data',
    exportsHint: 'An archive has everything that belongs to the organization, without the credentials of its members. Its file is kept for seven days.',
    createHint: 'The export runs in the background. You get a mail when it is ready.',
    deletion: 'Delete the organization',
    deletionHint: 'Access of all members ends at once. An owner can restore the organization for 30 days; then its data is erased.',
    deletionQuestion: (name: string) => `Delete ${name}?`,
    delete: 'Delete the organization',
  },
  de: {
    title: 'Daten',
    exportsHint: 'Ein Archiv enthält alles, was zur Organisation gehört, ohne die Anmeldedaten ihrer Mitglieder. Seine Datei bleibt sieben Tage.',
    createHint: 'Der Export läuft im Hintergrund. Sie bekommen eine Mail, wenn er fertig ist.',
    deletion: 'Organisation löschen',
    deletionHint: 'Der Zugang aller Mitglieder endet sofort. Ein Inhaber kann die Organisation 30 Tage lang wiederherstellen; dann werden ihre Daten gelöscht.',
    deletionQuestion: (name) => `${name} löschen?`,
    delete: 'Organisation löschen',
  },
});
