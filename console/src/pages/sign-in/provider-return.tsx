import { useParams } from '@tanstack/react-router';
import { api } from '../../api/client';
import { Return } from './return';

export function Page() {
  const { provider = '' } = useParams({ strict: false });
  return <Return complete={(body) => api.completeProviderSignIn({ path: { provider }, body })} />;
}
