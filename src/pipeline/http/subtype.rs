//! Service calls of HTTP APIs: what stands behind AWS_PROXY in place of a function ("Integration subtype reference").

/// A service call and its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subtype {
    /// Its name, such as `SQS-SendMessage`.
    pub name: &'static str,
    /// The parameters it cannot do without.
    pub required: &'static [&'static str],
    /// The others it knows.
    pub optional: &'static [&'static str],
}

/// Every service call.
pub const SUBTYPES: &[Subtype] = &[
    Subtype {
        name: "EventBridge-PutEvents",
        required: &["Detail", "DetailType", "Source"],
        optional: &["Time", "EventBusName", "Resources", "Region", "TraceHeader"],
    },
    Subtype {
        name: "SQS-SendMessage",
        required: &["QueueUrl", "MessageBody"],
        optional: &[
            "DelaySeconds",
            "MessageAttributes",
            "MessageDeduplicationId",
            "MessageGroupId",
            "MessageSystemAttributes",
            "Region",
        ],
    },
    Subtype {
        name: "SQS-ReceiveMessage",
        required: &["QueueUrl"],
        optional: &[
            "AttributeNames",
            "MaxNumberOfMessages",
            "MessageAttributeNames",
            "ReceiveRequestAttemptId",
            "VisibilityTimeout",
            "WaitTimeSeconds",
            "Region",
        ],
    },
    Subtype { name: "SQS-DeleteMessage", required: &["ReceiptHandle", "QueueUrl"], optional: &["Region"] },
    Subtype { name: "SQS-PurgeQueue", required: &["QueueUrl"], optional: &["Region"] },
    Subtype {
        name: "AppConfig-GetConfiguration",
        required: &["Application", "Environment", "Configuration", "ClientId"],
        optional: &["ClientConfigurationVersion", "Region"],
    },
    Subtype {
        name: "Kinesis-PutRecord",
        required: &["StreamName", "Data", "PartitionKey"],
        optional: &["SequenceNumberForOrdering", "ExplicitHashKey", "Region"],
    },
    Subtype {
        name: "StepFunctions-StartExecution",
        required: &["StateMachineArn"],
        optional: &["Name", "Input", "Region"],
    },
    Subtype {
        name: "StepFunctions-StartSyncExecution",
        required: &["StateMachineArn"],
        optional: &["Name", "Input", "Region", "TraceHeader"],
    },
    Subtype {
        name: "StepFunctions-StopExecution",
        required: &["ExecutionArn"],
        optional: &["Cause", "Error", "Region"],
    },
];

impl Subtype {
    /// The service call of a name.
    ///
    /// ```
    /// use vtl::pipeline::Subtype;
    /// assert_eq!(Subtype::find("SQS-PurgeQueue").unwrap().required, ["QueueUrl"]);
    /// assert_eq!(Subtype::find("SQS-DrinkTea"), None);
    /// ```
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Subtype> {
        SUBTYPES.iter().find(|subtype| subtype.name == name)
    }

    /// Whether it knows a parameter.
    #[must_use]
    pub fn knows(&self, parameter: &str) -> bool {
        self.required.contains(&parameter) || self.optional.contains(&parameter)
    }
}
