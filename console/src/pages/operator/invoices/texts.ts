import { choose } from '../../../texts/texts';

export const texts = choose({
  en: {
    description: 'The invoices of all tenants.',
    state: 'State',
    states: { overdue: 'Overdue', unmailed: 'Not mailed' },
    mailed: 'Mailed',
    none: 'There are no invoices.',
  },
  de: {
    description: 'Die Rechnungen aller Mandanten.',
    state: 'Stand',
    states: { overdue: 'Überfällig', unmailed: 'Nicht verschickt' },
    mailed: 'Verschickt',
    none: 'Es gibt keine Rechnungen.',
  },
});
