import { choose } from '../../../texts/texts';

export const texts = choose({
  en: {
    description: 'The events of the platform. Those of a tenant are on its page.',
    actor: 'Id of the actor',
    target: 'Id of the record',
  },
  de: {
    description: 'Die Ereignisse der Plattform. Die eines Mandanten stehen auf seiner Seite.',
    actor: 'ID des Handelnden',
    target: 'ID des Datensatzes',
  },
});
