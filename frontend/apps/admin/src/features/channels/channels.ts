import { graphql, useLive } from "@crossdock/api";

const CHANNEL_NAMES = graphql(`
  query ChannelNames {
    channels {
      id
      code
      name
    }
  }
`);

/** For choices. */
export function useChannels() {
  const { data } = useLive(CHANNEL_NAMES, {});
  return data?.channels ?? [];
}
