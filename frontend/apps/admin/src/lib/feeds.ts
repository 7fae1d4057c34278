import { graphql } from "@crossdock/api";

/** That something has changed: the lists read it by themselves, in the rights of whoever looks. */
export const ALERT_FEED = graphql(`subscription AlertFeed($after: String) { alerts(after: $after) { cursor alert { id } } }`);
export const ORDER_FEED = graphql(`subscription OrderFeed($orderId: ID, $after: String) { orderEvents(orderId: $orderId, after: $after) { cursor order { id version } } }`);
export const QUEUE_FEED = graphql(`subscription QueueFeed { queues { name title count priority oldestAt list filter } }`);
/** Who watches this is seen by the others who do. */
export const PRESENCE_FEED = graphql(`subscription PresenceFeed($orderId: ID!) { orderPresence(orderId: $orderId) { name since mine } }`);
