//! The table of service calls of HTTP APIs ("Integration subtype reference").

/// A service call that AWS_PROXY makes in place of a function, and its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subtype {
    /// Name such as `SQS-SendMessage`.
    pub name: &'static str,
    /// Names of required parameters.
    pub required: &'static [&'static str],
    /// Names of optional parameters.
    pub optional: &'static [&'static str],
}

/// Every service call of the reference.
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
    /// Returns the service call of a name; case matters.
    ///
    /// ```
    /// use vtl::pipeline::http::Subtype;
    /// assert_eq!(Subtype::find("SQS-PurgeQueue").unwrap().required, ["QueueUrl"]);
    /// assert_eq!(Subtype::find("SQS-DrinkTea"), None);
    /// ```
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Subtype> {
        SUBTYPES.iter().find(|subtype| subtype.name == name)
    }

    /// Checks whether the call has a parameter.
    #[must_use]
    pub fn knows(&self, parameter: &str) -> bool {
        self.required.contains(&parameter) || self.optional.contains(&parameter)
    }
}
