//! The configurations that have something of API Gateway.

use crate::terraform::configuration::Configuration;
use std::collections::HashSet;

/// Checks for a configuration that has resources of API Gateway.
fn is_of_api_gateway(configuration: &Configuration<'_>) -> bool {
    let is_one = |kind: &str| kind.starts_with("aws_api_gateway_") || kind.starts_with("aws_apigatewayv2_");
    configuration.resources.iter().any(|resource| is_one(&resource.kind))
}

/// Returns which configurations have resources of API Gateway, by themselves or in the modules that they call.
pub(crate) fn with_api_gateway(all: &[Configuration<'_>]) -> HashSet<usize> {
    let mut callers = vec![Vec::new(); all.len()];
    for (at, configuration) in all.iter().enumerate() {
        for target in configuration.calls.iter().filter_map(|call| call.target) {
            callers.get_mut(target).into_iter().for_each(|callers| callers.push(at));
        }
    }
    let mut found = HashSet::new();
    let mut next: Vec<usize> = (0..all.len()).filter(|at| all.get(*at).is_some_and(is_of_api_gateway)).collect();
    while let Some(at) = next.pop() {
        if found.insert(at) {
            next.extend(callers.get(at).into_iter().flatten());
        }
    }
    found
}
