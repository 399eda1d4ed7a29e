import { choose } from '../../../texts/texts';

export const texts = choose({
  en: {
    description: 'Who has used how much of each limit, the fullest first.',
    meter: 'Meter',
    used: 'Used',
    limit: 'Limit',
    share: 'Share',
    atLeast: 'At least',
    percent: (value: number) => `${value} %`,
    resets: 'Begins again',
    none: 'Nothing was used yet.',
  },
  de: {
    description: 'Wer wie viel von jeder Grenze genutzt hat, die vollsten zuerst.',
    meter: 'Zähler',
    used: 'Genutzt',
    limit: 'Grenze',
    share: 'Anteil',
    atLeast: 'Mindestens',
    percent: (value) => `${value} %`,
    resets: 'Beginnt neu',
    none: 'Noch wurde nichts genutzt.',
  },
});
